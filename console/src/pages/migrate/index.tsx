import { useState } from 'react';
import { useLocation, useParams } from 'react-router';
import { generatePlan } from '../../api/admin';
import { countRunning, getDefinition, getDefinitionXml } from '../../api/processes';
import type { MigrationPlan, ProcessDefinition } from '../../api/types';
import { definitionLabel, formatNumber } from '../../lib/format';
import { useFixed, useLive } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Select } from '../../ui/controls';
import { Answer } from '../../ui/feedback';
import { Page } from '../../ui/page';
import type { PlanTarget } from '../instances/batch-bar';
import { processPath } from '../links';
import { useVersions } from '../versions';
import { PlanEditor } from './plan-editor';

export default function MigratePage() {
  const { definitionId = '' } = useParams();
  const source = useLive(['definition', definitionId], () => getDefinition(definitionId));
  return <Answer of={source}>{(data) => <Migrate key={data.id} source={data} />}</Answer>;
}

function Migrate({ source }: { source: ProcessDefinition }) {
  const [to, setTo] = useParam('to');
  const handed = useLocation().state as PlanTarget | null;
  const versions = useVersions(source);
  const running = useLive(['definition', source.id, 'running'], (signal) =>
    countRunning({ processDefinitionId: source.id }, signal),
  );
  const targets = (versions.data ?? []).filter((version) => version.id !== source.id);
  const target = targets.find((version) => version.id === to) ?? targets[0];
  const selection: PlanTarget = handed ?? {
    runtimeQuery: { processDefinitionId: source.id },
    count: running.data ?? 0,
  };
  return (
    <Page
      title={en.migrate.title}
      trail={[
        { label: en.processes.title, to: '/processes' },
        { label: definitionLabel(source), to: processPath(source.id) },
      ]}
      lead={<span>{en.migrate.lead(formatNumber(selection.count), source.version)}</span>}
      mark={
        targets.length > 0 && (
          <Select
            label={en.migrate.target}
            inline
            value={target?.id ?? ''}
            options={targets.map((version) => ({
              id: version.id,
              label: en.migrate.toVersion(version.version),
            }))}
            onChange={setTo}
          />
        )
      }
    >
      {target ? (
        <Planner key={target.id} source={source} target={target} selection={selection} />
      ) : (
        <p className="muted">{en.migrate.noTarget}</p>
      )}
    </Page>
  );
}

function Planner({
  source,
  target,
  selection,
}: {
  source: ProcessDefinition;
  target: ProcessDefinition;
  selection: PlanTarget;
}) {
  const [edited, setEdited] = useState<MigrationPlan | null>(null);
  const generated = useFixed(['plan', source.id, target.id], () => generatePlan(source.id, target.id));
  const before = useFixed(['definition', source.id, 'xml'], () => getDefinitionXml(source.id));
  const after = useFixed(['definition', target.id, 'xml'], () => getDefinitionXml(target.id));
  return (
    <Answer of={before}>
      {(sourceXml) => (
        <Answer of={after}>
          {(targetXml) => (
            <Answer of={generated}>
              {(plan) => (
                <PlanEditor
                  source={source}
                  target={target}
                  sourceXml={sourceXml}
                  targetXml={targetXml}
                  plan={edited ?? plan}
                  onPlan={setEdited}
                  selection={selection}
                />
              )}
            </Answer>
          )}
        </Answer>
      )}
    </Answer>
  );
}
