/** Whether the server lets this tab in, and with which credentials. Without React: it is asked first of all. */
import { ApiError, engine, setAuthorization } from '../api/http';

export type Access = 'open' | 'signed-in' | 'signed-out' | 'unreachable';

export interface Credentials {
  user: string;
  header: string;
}

// Of this tab only, gone when it is closed.
const credentialsKey = 'tollgate.credentials';
/** Set once the server let somebody in: the next visit need not wait for the first answer to know what to show. */
const passedKey = 'tollgate.passed';

export function storedCredentials(): Credentials | null {
  try {
    return JSON.parse(sessionStorage.getItem(credentialsKey) ?? 'null') as Credentials | null;
  } catch {
    return null;
  }
}

export const storeCredentials = (credentials: Credentials): void =>
  sessionStorage.setItem(credentialsKey, JSON.stringify(credentials));

export function dropCredentials(): void {
  sessionStorage.removeItem(credentialsKey);
  setAuthorization(null);
}

/** How the last visit ended, when this one begins like it: most likely the same holds. */
export function lastAccess(): Access | null {
  const passed = localStorage.getItem(passedKey);
  return passed === (storedCredentials() ? 'signed-in' : 'open') ? passed : null;
}

/** The last visit needed a login, and this tab has none yet. */
export const loginIsDue = (): boolean =>
  localStorage.getItem(passedKey) === 'signed-in' && !storedCredentials();

/** By any cheap request that needs a session. */
async function checkAccess(): Promise<Access> {
  const credentials = storedCredentials();
  const inside = credentials ? 'signed-in' : 'open';
  setAuthorization(credentials?.header ?? null);
  try {
    await engine.get('/process-definition', { maxResults: 1 });
    localStorage.setItem(passedKey, inside);
    return inside;
  } catch (error) {
    if (!(error instanceof ApiError)) return 'unreachable';
    if (error.status === 401) return 'signed-out';
    if (error.status >= 502 && error.status <= 504) return 'unreachable';
    // Refused for want of rights, or a failing server: the pages say so themselves.
    return inside;
  }
}

export const access = { key: ['access'] as const, ask: checkAccess };
