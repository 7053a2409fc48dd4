import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { en } from '../text/en';
import { Icon } from './icon';

interface Toast {
  id: number;
  kind: 'success' | 'error';
  text: string;
}

interface Toasts {
  success: (text: string) => void;
  error: (text: string) => void;
}

const Context = createContext<Toasts>({ success: () => {}, error: () => {} });
const lifetime = { success: 4000, error: 12_000 };

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const remove = useCallback(
    (id: number) => setToasts((list) => list.filter((toast) => toast.id !== id)),
    [],
  );
  const add = useCallback(
    (kind: Toast['kind'], text: string) => {
      const id = next.current++;
      setToasts((list) => [...list.slice(-3), { id, kind, text }]);
      window.setTimeout(() => remove(id), lifetime[kind]);
    },
    [remove],
  );
  const value = useMemo<Toasts>(
    () => ({ success: (text) => add('success', text), error: (text) => add('error', text) }),
    [add],
  );
  return (
    <Context.Provider value={value}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast toast-${toast.kind}`}>
            <Icon name={toast.kind === 'success' ? 'check' : 'warning'} />
            <span>{toast.text}</span>
            <button
              type="button"
              className="icon-button"
              aria-label={en.common.dismiss}
              onClick={() => remove(toast.id)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </Context.Provider>
  );
}

export const useToast = () => useContext(Context);
