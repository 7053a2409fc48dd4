/**
 * Who works with the console. A server that asks for basic authentication gets the credentials of the login; on one
 * that does not, a person may say under which name tasks are claimed.
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { setAuthorization, setUnauthorizedHandler } from '../api/http';
import { signIn } from '../api/admin';
import {
  access,
  dropCredentials,
  lastAccess,
  storeCredentials,
  storedCredentials,
  type Access,
} from '../start/access';
import { forgetEarly, takeEarly } from '../start/early';
import { en } from '../text/en';

type Status = 'checking' | Access;

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
const nameKey = 'tollgate.user';

function basicHeader(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  /** What the server has answered before the console was drawn. */
  const known = queries.getQueryData<Access>(access.key);
  const [status, setStatus] = useState<Status>(() => {
    // Needed by the very first requests of the pages.
    setAuthorization(storedCredentials()?.header ?? null);
    return known ?? lastAccess() ?? 'checking';
  });
  const [user, setUserState] = useState(
    () => storedCredentials()?.user ?? localStorage.getItem(nameKey) ?? '',
  );

  const setUser = useCallback((name: string) => {
    localStorage.setItem(nameKey, name);
    setUserState(name);
  }, []);

  const check = useCallback(async () => setStatus(await (takeEarly<Access>(access.key) ?? access.ask())), []);

  const logout = useCallback(() => {
    dropCredentials();
    forgetEarly();
    queries.clear();
    setStatus('signed-out');
  }, [queries]);

  useEffect(() => {
    setUnauthorizedHandler(() => setStatus('signed-out'));
    if (!known) void check();
  }, [check, known]);

  const login = useCallback(
    async (name: string, password: string) => {
      const header = basicHeader(name, password);
      setAuthorization(header);
      if (!(await signIn(name, password, header))) {
        setAuthorization(null);
        return en.login.failed;
      }
      storeCredentials({ user: name, header });
      setUserState(name);
      forgetEarly();
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
