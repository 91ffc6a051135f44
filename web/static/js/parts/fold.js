// Words as one searches them: without case, accents, harakat or tatweel, with the letters that Arabic writes in several ways
// made one.
const same = { "ٱ": "ا", "ى": "ي", "ة": "ه" };

export function fold(text) {
  return text.normalize("NFD").replace(/[\p{M}ـ]/gu, "").toLowerCase().replace(/[ٱىة]/g, (c) => same[c]).replace(/\s+/g, " ");
}
