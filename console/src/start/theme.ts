/** Light or dark: what a person chose, else what the system says. Set before anything is drawn. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'tollgate.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

const stored = (): Theme => {
  const value = localStorage.getItem(key);
  return value === 'light' || value === 'dark' ? value : 'system';
};

let theme: Theme = stored();

export const currentTheme = (): Theme => theme;
export const resolvedTheme = (): 'light' | 'dark' =>
  theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;

function apply(): void {
  document.documentElement.dataset['theme'] = resolvedTheme();
  for (const listener of listeners) listener();
}

export function startTheme(): void {
  dark.addEventListener('change', apply);
  apply();
}

export function setTheme(value: Theme): void {
  theme = value;
  localStorage.setItem(key, value);
  apply();
}

export const onTheme = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
