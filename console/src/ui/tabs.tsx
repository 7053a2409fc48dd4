import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';

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
