import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { en } from '../text/en';
import { Dialog } from '../ui/dialog';

const destinations: Record<string, string> = {
  d: '/',
  p: '/processes',
  i: '/instances',
  t: '/tasks',
  c: '/decisions',
  b: '/batches',
};
/** How long `g` waits for the second key. */
const patience = 1200;

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));

export function useShortcuts(actions: { palette: () => void; help: () => void }): void {
  const navigate = useNavigate();
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const destination = destinations[event.key];
      if (event.timeStamp < goUntil && destination) {
        goUntil = 0;
        void navigate(destination);
      } else if (event.key === 'g') goUntil = event.timeStamp + patience;
      else if (event.key === '?') latest.current.help();
      else if (event.key === '/') {
        event.preventDefault();
        const search = document.querySelector<HTMLElement>('[data-shortcut=search]');
        if (search) search.focus();
        else latest.current.palette();
      } else if (event.key === 'f') {
        const filter = document.querySelector<HTMLElement>('[data-shortcut=filter]');
        if (filter) {
          event.preventDefault();
          filter.click();
        }
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
}

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={en.shortcuts.title} onClose={onClose}>
      <div className="dialog-body">
        <dl className="shortcuts">
          {en.shortcuts.list.map(([keys, text]) => (
            <div key={keys}>
              <dt>
                {keys.split(' ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
