/** What the set-up is doing, in the language of the editor: the program that does it speaks English. */

import { figure, t } from '../text/words';
import type { Step } from './installer';

/** As in semlens_installer; a test holds the two together. */
const STEPS: Readonly<Record<string, string>> = {
  'Another window is setting Semlens up': t('Another window is setting Semlens up'),
  'Making an environment': t('Making an environment'),
  'Reusing packages': t('Reusing packages'),
  'Fetching packages': t('Fetching packages'),
  'Unpacking packages': t('Unpacking packages'),
  'Checking packages': t('Checking packages'),
};

export function describe({ step, done, total }: Step): string {
  const name = STEPS[step] ?? step;
  return total > 0
    ? t('{0}: {1} of {2} MB', name, figure(Math.round(done)), figure(Math.round(total)))
    : name;
}
