import { useMemo, useState } from 'react';
import { useLocation, useNavigate, useParams } from 'react-router';
import { batchModify } from '../../api/admin';
import { activityStatistics, countRunning, getDefinition, getDefinitionXml } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { BpmnDiagram } from '../../diagram';
import { definitionLabel, formatNumber } from '../../lib/format';
import { bulkModificationInstructions } from '../../lib/plan';
import { useAction, useFixed, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button } from '../../ui/controls';
import { Answer } from '../../ui/feedback';
import { Page } from '../../ui/page';
import { PlanCard } from '../instance/modify-panel';
import { planBadges } from '../instance/plan-badges';
import { skipNothing } from '../instance/skip-options';
import { useTokenPlan } from '../instance/use-token-plan';
import type { PlanTarget } from '../instances/batch-bar';
import { processPath } from '../links';
import { tokenBadges } from '../process/process-diagram';

export default function BulkModifyPage() {
  const { definitionId = '' } = useParams();
  const definition = useLive(['definition', definitionId], () => getDefinition(definitionId));
  return <Answer of={definition}>{(data) => <BulkModify key={data.id} definition={data} />}</Answer>;
}

/** The same moves for many instances of one version, run as a batch. */
function BulkModify({ definition }: { definition: ProcessDefinition }) {
  const navigate = useNavigate();
  const handed = useLocation().state as PlanTarget | null;
  const [selected, setSelected] = useState<string | null>(null);
  const plan = useTokenPlan(setSelected);
  const [skips, setSkips] = useState(skipNothing);
  const xml = useFixed(['definition', definition.id, 'xml'], () => getDefinitionXml(definition.id));
  const tokens = useLive(['definition', definition.id, 'activities'], (signal) =>
    activityStatistics(definition.id, signal),
  );
  const running = useLive(['definition', definition.id, 'running'], (signal) =>
    countRunning({ processDefinitionId: definition.id }, signal),
  );
  const selection: PlanTarget = handed ?? {
    historicQuery: { processDefinitionId: definition.id, unfinished: true },
    count: running.data ?? 0,
  };
  const badges = useMemo(
    () => [...tokenBadges(tokens.data ?? []), ...planBadges(plan.steps)],
    [tokens.data, plan.steps],
  );
  const run = useAction(
    () =>
      batchModify({
        processDefinitionId: definition.id,
        instructions: bulkModificationInstructions(plan.steps),
        ...skips,
        ...(selection.ids
          ? { processInstanceIds: selection.ids }
          : { historicProcessInstanceQuery: selection.historicQuery }),
      }),
    {
      done: en.instances.created,
      onDone: (batch) => void navigate(`/batches?batch=${encodeURIComponent(batch.id)}`),
    },
  );
  return (
    <Page
      title={en.bulkModify.title}
      trail={[
        { label: en.processes.title, to: '/processes' },
        { label: definitionLabel(definition), to: processPath(definition.id) },
      ]}
      lead={<span>{en.bulkModify.lead(formatNumber(selection.count), definition.version)}</span>}
    >
      <div className="overview">
        <div className="diagram-box">
          <Answer of={xml}>
            {(model) => (
              <BpmnDiagram
                xml={model}
                label={definitionLabel(definition)}
                badges={badges}
                selected={selected}
                {...plan.diagram}
              />
            )}
          </Answer>
        </div>
        <aside className="overview-side">
          <PlanCard
            title={en.instance.plan}
            plan={plan}
            selected={selected}
            tokens={null}
            skips={skips}
            onSkips={setSkips}
          >
            <Button
              look="primary"
              icon="batch"
              busy={run.isPending}
              disabled={plan.steps.length === 0 || selection.count === 0}
              onClick={() => run.mutate(undefined)}
            >
              {en.bulkModify.run(formatNumber(selection.count))}
            </Button>
          </PlanCard>
        </aside>
      </div>
    </Page>
  );
}
