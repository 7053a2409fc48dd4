/**
 * Who works with the console. A server that asks for basic authentication gets the credentials of the login; on one
 * that does not, a person may say under which name tasks are claimed.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { ApiError, engine, setAuthorization, setUnauthorizedHandler } from '../api/http';
import { signIn } from '../api/admin';
import { en } from '../text/en';

type Status = 'checking' | 'open' | 'signed-in' | 'signed-out' | 'unreachable';

interface Session {
  status: Status;
  /** The id tasks are claimed for; empty when nobody said. */
  user: string;
  setUser: (user: string) => void;
  login: (user: string, password: string) => Promise<string | null>;
  logout: () => void;
  retry: () => void;
}

const Context = createContext<Session | null>(null);
// Of this tab only, gone when it is closed.
const credentialsKey = 'tollgate.credentials';
const nameKey = 'tollgate.user';
/** Set once the server let somebody in: the next visit need not wait for the first answer to know what to show. */
const passedKey = 'tollgate.passed';

interface Credentials {
  user: string;
  header: string;
}

function storedCredentials(): Credentials | null {
  try {
    return JSON.parse(sessionStorage.getItem(credentialsKey) ?? 'null') as Credentials | null;
  } catch {
    return null;
  }
}

function basicHeader(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function initialStatus(): Status {
  const credentials = storedCredentials();
  // Needed by the very first requests of the pages.
  setAuthorization(credentials?.header ?? null);
  const passed = localStorage.getItem(passedKey);
  const same = passed === (credentials ? 'signed-in' : 'open');
  return same ? (passed as Status) : 'checking';
}

/** Any cheap request that needs a session. */
const probe = () => engine.get('/process-definition', { maxResults: 1 });

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [status, setStatus] = useState<Status>(initialStatus);
  const [user, setUserState] = useState(
    () => storedCredentials()?.user ?? localStorage.getItem(nameKey) ?? '',
  );

  const setUser = useCallback((name: string) => {
    localStorage.setItem(nameKey, name);
    setUserState(name);
  }, []);

  const check = useCallback(async () => {
    const credentials = storedCredentials();
    setAuthorization(credentials?.header ?? null);
    try {
      await probe();
      localStorage.setItem(passedKey, credentials ? 'signed-in' : 'open');
      setStatus(credentials ? 'signed-in' : 'open');
    } catch (error) {
      if (!(error instanceof ApiError)) setStatus('unreachable');
      else if (error.status === 401) setStatus('signed-out');
      else if (error.status >= 502 && error.status <= 504) setStatus('unreachable');
      // Refused for want of rights, or a failing server: the pages say so themselves.
      else setStatus(credentials ? 'signed-in' : 'open');
    }
  }, []);

  const logout = useCallback(() => {
    sessionStorage.removeItem(credentialsKey);
    setAuthorization(null);
    queries.clear();
    setStatus('signed-out');
  }, [queries]);

  useEffect(() => {
    setUnauthorizedHandler(() => setStatus('signed-out'));
    void check();
  }, [check]);

  const login = useCallback(
    async (name: string, password: string) => {
      const header = basicHeader(name, password);
      setAuthorization(header);
      if (!(await signIn(name, password, header))) {
        setAuthorization(null);
        return en.login.failed;
      }
      sessionStorage.setItem(credentialsKey, JSON.stringify({ user: name, header } satisfies Credentials));
      setUserState(name);
      queries.clear();
      setStatus('signed-in');
      return null;
    },
    [queries],
  );

  const value = useMemo(
    () => ({
      status,
      user,
      setUser,
      login,
      logout,
      retry: () => {
        setStatus('checking');
        void check();
      },
    }),
    [status, user, setUser, login, logout, check],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('useSession outside of SessionProvider');
  return session;
}
