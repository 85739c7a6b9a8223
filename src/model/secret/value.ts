/** Parts of regular expressions. None of them crosses a line, and none can be matched in two ways. */

/** Where a word can begin: also behind an escaped line end, as in JSON in a string. */
export const START = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))`;

/** Between a name and its value: `: `, `=`, ` = `, with the quote that closes the name; never the `::` of an address. */
export const IS = String.raw`\\{0,7}["']?(?:[ \t]{0,8}:(?!:)[ \t]{0,16}|=|[ \t]{1,8}=[ \t]{0,8})`;

/** Not a secret although it stands where one would: nothing, a switch, a place, a reference, something that is cut already. */
const PLAIN =
  String.raw`(?!(?:true|false|null|nil|none|yes|no|on|off|files|compat|systemd|\*{2,64}|x{3,64}|redacted|hidden|omitted)(?:[ \t\r\n\0,;&"'\\)}\]]|$)` +
  String.raw`|/(?:etc|var|run|opt|home|usr|root|tmp|srv|mnt|proc|sys|dev)(?:[/\r\n]|$)|\$[({A-Z]|<[^<>\r\n]{0,100}>|\[cut: |[{[]|\()`;

/** A value of which `PLAIN` is not true: in quotes up to the same quote, otherwise up to white space. Quotes stay outside. */
export const VALUE =
  String.raw`(?:(?<=(?<!\\)")${PLAIN}(?:[^"\\\r\n\0]|\\[^\r\n\0])+` +
  String.raw`|(?<=\\")${PLAIN}(?:[^"\\\r\n\0]|\\[^"\r\n\0])+` +
  String.raw`|(?<=')${PLAIN}[^'\r\n\0]+` +
  String.raw`|(?<!["'])${PLAIN}(?![ \t"'\\])(?:[^ \t\r\n\0"\\]|\\[^"\r\n\0])+)`;

/** The quote that opens a value. */
export const OPEN = String.raw`(?:\\{0,7}["'])?`;
