/** Gives the language of the page to all its parts, as `html.ts` has written it. Imported before them. */

import { speak, type Words } from '../text/words';

speak(JSON.parse(document.body.dataset.words ?? '{}') as Words, document.documentElement.lang);
