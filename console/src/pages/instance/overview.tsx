import { useMemo } from 'react';
import type { HistoricActivityInstance, HistoricProcessInstance, Incident } from '../../api/types';
import { BpmnDiagram, type Badge } from '../../diagram';
import { formatCompact } from '../../lib/format';
import { tokenCounts } from '../../lib/tree';
import { modelQuestion } from '../../start/instance';
import { useFixed } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Answer } from '../../ui/feedback';
import { ActivityTree } from './activity-tree';
import { ExplainPanel } from './explain-panel';
import { ModifyPanel } from './modify-panel';
import { planBadges } from './plan-badges';
import { useTokenPlan } from './use-token-plan';
import { useActivityTree, useIncidentsOf, usePathOf } from './use-instance';

interface OverviewProps {
  instance: HistoricProcessInstance;
  modifying: boolean;
  onModified: () => void;
}

/** The diagram, what is active beside it, and why it waits. */
export function Overview({ instance, modifying, onModified }: OverviewProps) {
  const { id } = instance;
  const [at, setAt] = useParam('at');
  const plan = useTokenPlan(setAt);
  const model = modelQuestion(instance.processDefinitionId);
  const xml = useFixed(model.key, model.ask);
  const tree = useActivityTree(id, instance.endTime === null);
  const incidents = useIncidentsOf(id);
  const path = usePathOf(id);
  const tokens = useMemo(() => (tree ? tokenCounts(tree) : new Map<string, number>()), [tree]);
  const badges = useMemo(
    () => [
      ...tokenBadges(tokens),
      ...incidentBadges(incidents.data ?? []),
      ...(modifying ? planBadges(plan.steps) : []),
    ],
    [tokens, incidents.data, modifying, plan.steps],
  );
  const marks = useMemo(() => pathMarks(path.data ?? []), [path.data]);

  return (
    <div className="overview">
      <div className="diagram-box">
        <Answer of={xml}>
          {(text) => (
            <BpmnDiagram
              xml={text}
              label={en.instance.diagram}
              badges={badges}
              marks={marks}
              selected={at || null}
              {...plan.diagram}
              onMoveToken={modifying ? plan.diagram.onMoveToken : undefined}
            />
          )}
        </Answer>
      </div>
      <aside className="overview-side">
        {modifying ? (
          <ModifyPanel
            instanceId={id}
            selected={at || null}
            tokens={tokens}
            plan={plan}
            onDone={() => {
              plan.clear();
              onModified();
            }}
          />
        ) : (
          <ExplainPanel instance={instance} onShow={(activityId) => setAt(activityId)} />
        )}
        {tree && <ActivityTree root={tree} selected={at || null} onSelect={setAt} />}
      </aside>
    </div>
  );
}

const tokenBadges = (tokens: Map<string, number>): Badge[] =>
  [...tokens].map(([elementId, count]) => ({
    elementId,
    kind: 'token',
    text: formatCompact(count),
    title: en.diagram.tokens(count),
  }));

function incidentBadges(incidents: Incident[]): Badge[] {
  const counts = new Map<string, number>();
  for (const { activityId } of incidents)
    if (activityId) counts.set(activityId, (counts.get(activityId) ?? 0) + 1);
  return [...counts].map(([elementId, count]) => ({
    elementId,
    kind: 'incident',
    text: formatCompact(count),
    title: en.diagram.incidents(count),
  }));
}

/** What the instance has passed, and what was cancelled on the way. */
function pathMarks(path: HistoricActivityInstance[]): Map<string, string[]> {
  const marks = new Map<string, string[]>();
  for (const step of path) {
    if (step.endTime === null) marks.set(step.activityId, ['active']);
    else if (marks.get(step.activityId)?.[0] !== 'active')
      marks.set(step.activityId, [step.canceled ? 'cancelled' : 'passed']);
  }
  return marks;
}
