/** JSON for review: whatever fits into one line of 200 columns stays on it, everything else has a line for each member. */
export function readable(value: unknown, indent = '', before = 0): string {
  const short = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || indent.length + before + short.length <= 200) return short;
  const deeper = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => readable(item, deeper))
    : Object.entries(value).map(([key, member]) => {
        const name = `${JSON.stringify(key)}: `;
        return `${name}${readable(member, deeper, name.length)}`;
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${members.map((member) => deeper + member).join(',\n')}\n${indent}${close}`;
}
