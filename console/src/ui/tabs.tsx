import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface Tab {
  id: string;
  label: string;
  /** Beside the label; nothing when there is nothing to count. */
  count?: string;
  tone?: 'bad';
  content: () => ReactNode;
}

interface TabsProps {
  label: string;
  tabs: Tab[];
  active: string;
  onChange: (id: string) => void;
  aside?: ReactNode;
}

/** Tabs after the ARIA pattern: arrows move between them, only the active one is a stop of the Tab key. */
export function Tabs({ label, tabs, active, onChange, aside }: TabsProps) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const current = tabs.find((tab) => tab.id === active) ?? tabs[0];
  const shown = current?.id;
  // On a phone the row is wider than the screen.
  useEffect(() => reveal(list.current, list.current?.querySelector(`[data-tab="${shown}"]`)), [shown]);
  if (!current) return null;

  const move = (event: KeyboardEvent) => {
    const index = tabs.indexOf(current);
    const target = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = tabs[(target + tabs.length) % tabs.length]!;
    onChange(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };

  return (
    <section className="tabs">
      <div className="tabs-bar">
        <div ref={list} role="tablist" aria-label={label} className="tabs-list" onKeyDown={move}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${base}-tab-${tab.id}`}
              data-tab={tab.id}
              aria-selected={tab === current}
              aria-controls={`${base}-panel`}
              tabIndex={tab === current ? 0 : -1}
              className="tab"
              onClick={() => onChange(tab.id)}
            >
              {tab.label}
              {tab.count && (
                <span className={`tab-count ${tab.tone ? `tab-count-${tab.tone}` : ''}`}>{tab.count}</span>
              )}
            </button>
          ))}
        </div>
        {aside && <div className="tabs-aside">{aside}</div>}
      </div>
      <div
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={`${base}-tab-${current.id}`}
        tabIndex={0}
        className="tab-panel"
        key={current.id}
      >
        {current.content()}
      </div>
    </section>
  );
}

/** Scrolls sideways only: the page stays where it is. */
function reveal(row: HTMLElement | null, tab: Element | null | undefined): void {
  if (!row || !tab || row.scrollWidth <= row.clientWidth) return;
  const [outer, inner] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
