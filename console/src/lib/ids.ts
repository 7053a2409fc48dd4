/** Short forms of the long identifiers, for reading only. */
export const shortId = (id: string): string => (id.length > 14 ? `${id.slice(0, 8)}…` : id);
