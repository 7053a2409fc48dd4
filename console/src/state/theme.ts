import { useSyncExternalStore } from 'react';
import { currentTheme, onTheme, resolvedTheme, type Theme } from '../start/theme';

export const useTheme = (): Theme => useSyncExternalStore(onTheme, currentTheme);
export const useResolvedTheme = (): 'light' | 'dark' => useSyncExternalStore(onTheme, resolvedTheme);
