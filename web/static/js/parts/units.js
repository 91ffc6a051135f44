// Sizes in the page's words, with the digits of the Maghreb.
const lang = document.documentElement.lang + "-u-nu-latn";

export function size(bytes) {
  const [unit, one] = bytes < 1e6 ? ["kilobyte", 1e3] : bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const n = bytes / one;
  return new Intl.NumberFormat(lang, { style: "unit", unit, maximumFractionDigits: n < 10 ? 1 : 0 }).format(n);
}
