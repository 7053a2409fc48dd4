import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { listDefinitions, queryInstances } from '../api/processes';
import { queryTasks } from '../api/tasks';
import { definitionLabel } from '../lib/format';
import { wildcard } from '../lib/filters';
import { shortId } from '../lib/ids';
import { en } from '../text/en';
import { Dialog } from '../ui/dialog';

interface Hit {
  to: string;
  label: string;
  kind: string;
  detail?: string;
}

const first = { firstResult: 0, maxResults: 5 };
const looksLikeId = /^[0-9a-f-]{8,}$|^\d{2,}$/i;

async function find(text: string, signal: AbortSignal): Promise<Hit[]> {
  const like = wildcard(text);
  const [byName, byKey, byBusinessKey, byId, tasks] = await Promise.all([
    listDefinitions({ nameLike: like, latestVersion: true, ...first }, signal),
    listDefinitions({ keyLike: like, latestVersion: true, ...first }, signal),
    queryInstances({ processInstanceBusinessKeyLike: `${text}%` }, first, signal),
    looksLikeId.test(text) ? queryInstances({ processInstanceIds: [text] }, first, signal) : [],
    queryTasks(looksLikeId.test(text) ? { taskIdIn: [text] } : { nameLike: like }, first, signal),
  ]);
  const definitions = new Map([...byName, ...byKey].map((definition) => [definition.id, definition]));
  const instances = new Map([...byId, ...byBusinessKey].map((instance) => [instance.id, instance]));
  return [
    ...[...definitions.values()].slice(0, 5).map((definition) => ({
      to: `/processes/${encodeURIComponent(definition.id)}`,
      label: definitionLabel(definition),
      kind: en.palette.processKind,
      detail: en.common.versionNumber(definition.version),
    })),
    ...[...instances.values()].map((instance) => ({
      to: `/instances/${encodeURIComponent(instance.id)}`,
      label: instance.businessKey || instance.id,
      kind: en.palette.instanceKind,
      detail: instance.processDefinitionName || instance.processDefinitionKey,
    })),
    ...tasks.map((task) => ({
      to: `/tasks?task=${encodeURIComponent(task.id)}`,
      label: task.name || task.id,
      kind: en.palette.taskKind,
      detail: shortId(task.id),
    })),
  ];
}

export function Palette({ pages, onClose }: { pages: { to: string; label: string }[]; onClose: () => void }) {
  const navigate = useNavigate();
  const listId = useId();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [active, setActive] = useState(0);

  useEffect(() => {
    const timer = window.setTimeout(() => setAsked(text.trim()), 200);
    return () => window.clearTimeout(timer);
  }, [text]);

  const found = useQuery({
    queryKey: ['palette', asked],
    queryFn: ({ signal }) => find(asked, signal),
    enabled: asked.length > 1,
  });
  const pageHits: Hit[] = pages
    .filter((page) => page.label.toLowerCase().includes(text.trim().toLowerCase()))
    .map((page) => ({ ...page, kind: en.palette.pageKind }));
  // Pages first: what is found later must not move what is chosen already.
  const hits = [...pageHits, ...(asked.length > 1 ? (found.data ?? []) : [])];

  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    void navigate(hit.to);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((index) => (hits.length === 0 ? 0 : (index + step + hits.length) % hits.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(hits[active]);
    }
  };

  return (
    <Dialog title={en.palette.title} onClose={onClose}>
      <div className="palette">
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={hits[active] ? `${listId}-${active}` : undefined}
          aria-label={en.palette.placeholder}
          placeholder={en.palette.placeholder}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKey}
        />
        <ul id={listId} role="listbox" aria-label={en.palette.results}>
          {hits.map((hit, index) => (
            <li
              key={`${hit.kind}-${hit.to}`}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              onPointerMove={() => setActive(index)}
              onClick={() => go(hit)}
            >
              <span className="palette-kind">{hit.kind}</span>
              <span className="palette-label">{hit.label}</span>
              {hit.detail && <span className="muted">{hit.detail}</span>}
            </li>
          ))}
        </ul>
        {hits.length === 0 && (
          <p className="palette-empty muted">{found.isFetching ? en.common.loading : en.palette.nothing}</p>
        )}
      </div>
    </Dialog>
  );
}
