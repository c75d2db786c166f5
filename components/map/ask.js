// Where numbers, cards and pictures come from: the server, or in a file that stands alone what it carries with it.
const ask = (address) => globalThis.embeddingSource?.answer(address) ?? fetch(address);
const urlOf = (address) => globalThis.embeddingSource?.url(address) ?? address;
