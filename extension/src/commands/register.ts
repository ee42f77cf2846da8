/** Registers the command `semlens.NAME`. */
export type Register = (name: string, run: (...parameters: never[]) => unknown) => void;
