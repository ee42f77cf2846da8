/** What the fields hold first. In English in every language of the editor: models know it best. */

/** One word with two meanings. */
export const WORD = 'bank';
export const SENTENCES = [
  'My bank pays interest on my account.',
  'The bank lends money to the shop.',
  'The river has a muddy bank.',
] as const;

/** Two texts, the second the longer one. */
export const TEXTS = ['save the file', 'return the longest line'] as const;

export interface Pair {
  one: string;
  other: string;
}

export const SAME_MEANING: Pair = {
  one: 'send an email to the customer',
  other: 'mail a message to the client',
};
export const QUESTION_AND_CODE: Pair = {
  one: 'read a file line by line',
  other: 'with open(path) as file:\n    for line in file:\n        yield line',
};
export const SAME_WORDS: Pair = {
  one: 'the thread that sewed the button',
  other: 'the button that started the thread',
};
export const NOTHING_IN_COMMON: Pair = { one: 'connect to the database', other: 'draw a red circle' };

/** Where no name of the user's code makes one. */
export const QUESTION = 'read a file';
