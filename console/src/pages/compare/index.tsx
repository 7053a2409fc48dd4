import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { getDefinition, getDefinitionXml } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { BpmnDiagram, type DiagramView } from '../../diagram';
import { definitionLabel, humanize } from '../../lib/format';
import { useFixed, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Badge, Select, type Tone } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';
import { Card, Page } from '../../ui/page';
import { processPath } from '../links';
import { useVersions } from '../versions';
import { differences, type ChangeKind, type Difference } from './differences';

export default function ComparePage() {
  const { definitionId = '', otherId = '' } = useParams();
  const before = useLive(['definition', definitionId], () => getDefinition(definitionId));
  const after = useLive(['definition', otherId], () => getDefinition(otherId));
  return (
    <Answer of={before}>
      {(old) => (
        <Answer of={after}>
          {(recent) => <Compare key={`${old.id}-${recent.id}`} before={old} after={recent} />}
        </Answer>
      )}
    </Answer>
  );
}

function Compare({ before, after }: { before: ProcessDefinition; after: ProcessDefinition }) {
  const navigate = useNavigate();
  const versions = useVersions(after);
  const oldXml = useFixed(['definition', before.id, 'xml'], () => getDefinitionXml(before.id));
  const newXml = useFixed(['definition', after.id, 'xml'], () => getDefinitionXml(after.id));
  const changes = useQuery({
    queryKey: ['differences', before.id, after.id],
    queryFn: () => differences(oldXml.data ?? '', newXml.data ?? ''),
    enabled: oldXml.data !== undefined && newXml.data !== undefined,
    staleTime: Infinity,
  });
  const choices = (versions.data ?? [before, after]).map((version) => ({
    id: version.id,
    label: en.common.versionNumber(version.version),
  }));
  const go = (from: string, to: string) =>
    void navigate(`${processPath(from)}/compare/${encodeURIComponent(to)}`);
  return (
    <Page
      title={en.compare.title}
      trail={[
        { label: en.processes.title, to: '/processes' },
        { label: definitionLabel(after), to: processPath(after.id) },
      ]}
      mark={
        <>
          <Select
            label={en.compare.before}
            inline
            value={before.id}
            options={choices}
            onChange={(id) => go(id, after.id)}
          />
          <span aria-hidden="true">→</span>
          <Select
            label={en.compare.after}
            inline
            value={after.id}
            options={choices}
            onChange={(id) => go(before.id, id)}
          />
        </>
      }
    >
      <Answer of={oldXml}>
        {(oldModel) => (
          <Answer of={newXml}>
            {(newModel) => (
              <SideBySide
                before={before}
                after={after}
                oldXml={oldModel}
                newXml={newModel}
                changes={changes.data ?? []}
              />
            )}
          </Answer>
        )}
      </Answer>
      <Card title={en.compare.changes}>
        <Answer of={changes}>
          {(list) =>
            list.length === 0 ? <Empty icon="check" title={en.compare.same} /> : <ChangeList changes={list} />
          }
        </Answer>
      </Card>
    </Page>
  );
}

interface SideBySideProps {
  before: ProcessDefinition;
  after: ProcessDefinition;
  oldXml: string;
  newXml: string;
  changes: Difference[];
}

function SideBySide({ before, after, oldXml, newXml, changes }: SideBySideProps) {
  const [selected, setSelected] = useState<string | null>(null);
  const [views, setViews] = useState<{ old?: DiagramView; recent?: DiagramView }>({});
  const marks = useMemo(() => new Map(changes.map(({ id, kind }) => [id, [`change-${kind}`]])), [changes]);
  const ready = useRef({
    old: (view: DiagramView) => setViews((all) => ({ ...all, old: view })),
    recent: (view: DiagramView) => setViews((all) => ({ ...all, recent: view })),
  });
  useLinkedViews(views.old, views.recent);
  const sides = [
    { title: en.compare.before, definition: before, xml: oldXml, onReady: ready.current.old },
    { title: en.compare.after, definition: after, xml: newXml, onReady: ready.current.recent },
  ];
  return (
    <div className="plan-diagrams">
      {sides.map(({ title, definition: { version }, xml, onReady }) => (
        <div key={title} className="diagram-box">
          <BpmnDiagram
            xml={xml}
            label={`${title}: ${en.common.versionNumber(version)}`}
            marks={marks}
            selected={selected}
            onSelect={(element) => setSelected(element?.id ?? null)}
            onReady={onReady}
            overlay={<span className="note">{en.common.versionNumber(version)}</span>}
          />
        </div>
      ))}
    </div>
  );
}

/** Moving one diagram moves the other. */
function useLinkedViews(one: DiagramView | undefined, other: DiagramView | undefined): void {
  useEffect(() => {
    if (!one || !other) return;
    let following = false;
    const follow = (leader: DiagramView, follower: DiagramView) => () => {
      if (following) return;
      following = true;
      follower.viewbox = leader.viewbox;
      following = false;
    };
    // Equal things have an equal size from the start.
    const [wide, narrow] = one.viewbox.width > other.viewbox.width ? [one, other] : [other, one];
    follow(wide, narrow)();
    one.onMove(follow(one, other));
    other.onMove(follow(other, one));
  }, [one, other]);
}

const tones: Record<ChangeKind, Tone> = { added: 'good', removed: 'bad', changed: 'warn', moved: 'run' };

function ChangeList({ changes }: { changes: Difference[] }) {
  return (
    <ul className="changes">
      {changes.map((change) => (
        <li key={`${change.kind}-${change.id}`}>
          <Badge tone={tones[change.kind]}>{en.compare[change.kind]}</Badge>
          <span className="strong">{change.name}</span>
          <span className="muted">{humanize(change.type)}</span>
          {change.attributes.map((attribute) => (
            <span key={attribute.name} className="change-attribute">
              {attribute.name}: <del>{attribute.before}</del> <ins>{attribute.after}</ins>
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
