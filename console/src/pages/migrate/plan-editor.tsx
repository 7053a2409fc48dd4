import { useCallback, useEffect, useMemo, useState } from 'react';
import { activityStatistics } from '../../api/processes';
import type { MigrationPlan, ProcessDefinition } from '../../api/types';
import { BpmnDiagram, type Badge, type DiagramElement, type DiagramView } from '../../diagram';
import { flowNodes } from '../../lib/flow-nodes';
import { mapActivity, unmapActivity, unmapped } from '../../lib/plan';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { IconButton } from '../../ui/controls';
import { Card } from '../../ui/page';
import type { PlanTarget } from '../instances/batch-bar';
import { ExecutePlan } from './execute-plan';
import { PlanLines } from './plan-lines';

interface PlanEditorProps {
  source: ProcessDefinition;
  target: ProcessDefinition;
  sourceXml: string;
  targetXml: string;
  plan: MigrationPlan;
  onPlan: (plan: MigrationPlan) => void;
  selection: PlanTarget;
}

/** Two diagrams and the lines between them: pick an activity on the left, then where it goes on the right. */
export function PlanEditor({
  source,
  target,
  sourceXml,
  targetXml,
  plan,
  onPlan,
  selection,
}: PlanEditorProps) {
  const [picked, setPicked] = useState<DiagramElement | null>(null);
  const [views, setViews] = useState<{ source?: DiagramView; target?: DiagramView }>({});
  const occupied = useLive(['definition', source.id, 'activities'], (signal) =>
    activityStatistics(source.id, signal),
  );
  const pairs = useMemo(
    () =>
      plan.instructions.map((instruction) => ({
        source: instruction.sourceActivityIds[0] ?? '',
        target: instruction.targetActivityIds[0] ?? '',
      })),
    [plan],
  );
  const missing = unmapped(
    plan,
    (occupied.data ?? []).filter((activity) => activity.instances > 0).map((activity) => activity.id),
  );
  const missingKey = missing.join(',');
  const sourceBadges = useMemo<Badge[]>(
    () => [
      ...pairs.map((pair, index) => mapped(pair.source, index)),
      ...missingKey
        .split(',')
        .filter(Boolean)
        .map((elementId): Badge => ({ elementId, kind: 'problem', text: '?', title: en.migrate.unmapped })),
    ],
    [pairs, missingKey],
  );
  const targetBadges = useMemo(() => pairs.map((pair, index) => mapped(pair.target, index)), [pairs]);
  const readySource = useCallback((view: DiagramView) => setViews((all) => ({ ...all, source: view })), []);
  const readyTarget = useCallback((view: DiagramView) => setViews((all) => ({ ...all, target: view })), []);

  useEffect(() => {
    if (views.source && views.target) views.source.fitAlike(views.target);
  }, [views]);
  const sourceNames = useMemo(() => namesOf(sourceXml, source.key), [sourceXml, source.key]);
  const targetNames = useMemo(() => namesOf(targetXml, target.key), [targetXml, target.key]);

  const pickTarget = (element: DiagramElement | null) => {
    if (!picked || !element) return;
    onPlan(mapActivity(plan, picked.id, element.id, /Event$|ReceiveTask/.test(picked.type)));
    setPicked(null);
  };

  return (
    <>
      <p className="note">{picked ? en.migrate.pickTarget(picked.name) : en.migrate.pickSource}</p>
      <div className="plan-diagrams">
        <div className="diagram-box">
          <BpmnDiagram
            xml={sourceXml}
            label={en.migrate.sourceDiagram(source.version)}
            badges={sourceBadges}
            selected={picked?.id}
            onSelect={setPicked}
            onReady={readySource}
            overlay={<span className="note">{en.common.versionNumber(source.version)}</span>}
          />
        </div>
        <div className="diagram-box">
          <BpmnDiagram
            xml={targetXml}
            label={en.migrate.targetDiagram(target.version)}
            badges={targetBadges}
            onSelect={pickTarget}
            onReady={readyTarget}
            overlay={<span className="note">{en.common.versionNumber(target.version)}</span>}
          />
        </div>
        <PlanLines pairs={pairs} source={views.source} target={views.target} picked={picked?.id ?? null} />
      </div>
      <div className="columns">
        <Card title={en.migrate.plan}>
          <ol className="plan plan-numbers">
            {pairs.map((pair) => (
              <li key={pair.source}>
                <span className="plan-pair">
                  <Node id={pair.source} names={sourceNames} /> <span aria-label={en.migrate.becomes}>→</span>{' '}
                  <Node id={pair.target} names={targetNames} />
                </span>
                <IconButton
                  icon="close"
                  label={en.migrate.unmap(sourceNames.get(pair.source) ?? pair.source)}
                  onClick={() => onPlan(unmapActivity(plan, pair.source))}
                />
              </li>
            ))}
          </ol>
          {pairs.length === 0 && <p className="muted">{en.migrate.emptyPlan}</p>}
          {missing.length > 0 && (
            <p className="field-error">
              {en.migrate.missing(missing.map((id) => sourceNames.get(id) ?? id).join(', '))}
            </p>
          )}
        </Card>
        <ExecutePlan plan={plan} selection={selection} />
      </div>
    </>
  );
}

const namesOf = (xml: string, key: string) => new Map(flowNodes(xml, key).map(({ id, name }) => [id, name]));

/** By name, and by the id where that says something else. */
function Node({ id, names }: { id: string; names: Map<string, string> }) {
  const name = names.get(id) ?? id;
  return (
    <span className="plan-node">
      {name !== id && <span>{name}</span>} <code>{id}</code>
    </span>
  );
}

const mapped = (elementId: string, index: number): Badge => ({
  elementId,
  kind: 'mapped',
  text: String(index + 1),
  title: en.migrate.pair(index + 1),
});
