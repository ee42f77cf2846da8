/** What users do every day, in one editor that all of it shares. */

import './everyday/tokens';
import './everyday/hits';
import './everyday/pages';
import './everyday/filters';
import './everyday/team';
import './everyday/documents';
import './everyday/agents';
import './everyday/images';
import './everyday/languages';
import './everyday/forget'; // the last one: what is indexed again is no longer at its best
