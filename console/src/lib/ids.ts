/** A UUID of version 7 begins with the time in milliseconds. */
const byTime = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/** Short forms of the long identifiers, for reading only: as much as tells them apart in a list. */
export const shortId = (id: string): string => {
  if (byTime.test(id)) return `${id.slice(0, 13)}…`;
  return id.length > 14 ? `${id.slice(0, 8)}…` : id;
};
