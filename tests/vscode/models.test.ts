/** The map, and what is shown of models, in one editor that all of it shares. */

import './models/map';
import './models/playground';
