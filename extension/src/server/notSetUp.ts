/** Why the server cannot run, where the set-up mends it. */
export class NotSetUp extends Error {}
