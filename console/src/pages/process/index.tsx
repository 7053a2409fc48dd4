import { useMemo, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { countIncidents, getDefinition, getDefinitionXml } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { preloadBpmn } from '../../diagram';
import { definitionLabel, formatNumber } from '../../lib/format';
import { anyInstanceFields, instanceFields } from '../../lib/filter-fields';
import { useFixed, useLive } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Badge, Button, Checkbox, CopyId, Select } from '../../ui/controls';
import { Answer } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Page } from '../../ui/page';
import { Source } from '../../ui/source';
import { Tabs } from '../../ui/tabs';
import { IncidentTable } from '../incidents/table';
import { InstanceTable } from '../instances/table';
import { processPath } from '../links';
import { useVersions } from '../versions';
import { JobDefinitions } from './job-definitions';
import { ProcessDiagram, type Layer } from './process-diagram';
import { StartDialog } from './start-dialog';
import { SuspendDialog } from './suspend-dialog';

preloadBpmn();

export default function ProcessPage() {
  const { definitionId = '' } = useParams();
  const definition = useLive(['definition', definitionId], () => getDefinition(definitionId));
  return <Answer of={definition}>{(data) => <Process key={data.id} definition={data} />}</Answer>;
}

function Process({ definition }: { definition: ProcessDefinition }) {
  const navigate = useNavigate();
  const [tab, setTab] = useParam('tab', 'instances');
  const [layer, setLayer] = useParam('layer', 'tokens');
  const [at, setAt] = useParam('at');
  const [all, setAll] = useParam('all');
  const [dialog, setDialog] = useState<'start' | 'suspend' | null>(null);
  const versions = useVersions(definition);
  const xml = useFixed(['definition', definition.id, 'xml'], () => getDefinitionXml(definition.id));
  const incidents = useLive(['definition', definition.id, 'incident-count'], (signal) =>
    countIncidents({ processDefinitionId: definition.id }, signal),
  );

  const others = versions.data?.filter((version) => version.id !== definition.id) ?? [];
  const previous = others.find((version) => version.version < definition.version) ?? others[0];
  const newest = versions.data?.[0];
  const label = definitionLabel(definition);
  const scope = all ? { processDefinitionKey: definition.key } : { processDefinitionId: definition.id };
  const atFilter = useMemo(
    () =>
      at
        ? {
            id: at,
            criterion: { field: 'activity', operator: layer === 'tokens' ? 'active' : 'executed', value: at },
            clear: () => setAt(null),
          }
        : null,
    [at, layer, setAt],
  );

  return (
    <Page
      title={label}
      trail={[{ label: en.processes.title, to: '/processes' }]}
      mark={
        <>
          <Select
            label={en.processes.version}
            inline
            value={definition.id}
            options={(versions.data ?? [definition]).map((version) => ({
              id: version.id,
              label: `${en.common.versionNumber(version.version)}${version.versionTag ? ` (${version.versionTag})` : ''}`,
            }))}
            onChange={(id) => void navigate(processPath(id))}
          />
          {definition.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>}
          {definition.tenantId && <Badge>{definition.tenantId}</Badge>}
        </>
      }
      lead={
        <>
          <CopyId id={definition.id} full />
          {definition.historyTimeToLive !== null && (
            <span className="muted">{en.processes.removalTime(definition.historyTimeToLive)}</span>
          )}
        </>
      }
      actions={
        <>
          <Menu
            label={en.table.actions}
            items={[
              {
                label: definition.suspended ? en.processes.resume : en.processes.suspend,
                icon: definition.suspended ? 'play' : 'pause',
                onSelect: () => setDialog('suspend'),
              },
              {
                label: en.processes.compare,
                icon: 'compare',
                disabled: !previous,
                onSelect: () =>
                  previous &&
                  void navigate(`${processPath(previous.id)}/compare/${encodeURIComponent(definition.id)}`),
              },
              {
                label: en.processes.migrate,
                icon: 'migrate',
                disabled: others.length === 0,
                onSelect: () => {
                  const target = newest && newest.id !== definition.id ? newest : previous;
                  void navigate(
                    `${processPath(definition.id)}/migrate?to=${encodeURIComponent(target?.id ?? '')}`,
                  );
                },
              },
              {
                label: en.instances.modify,
                icon: 'move',
                onSelect: () => void navigate(`${processPath(definition.id)}/modify`),
              },
            ]}
          />
          <Button
            look="primary"
            icon="play"
            disabled={definition.suspended}
            onClick={() => setDialog('start')}
          >
            {en.processes.start}
          </Button>
        </>
      }
    >
      <Answer of={xml}>
        {(model) => (
          <ProcessDiagram
            definition={definition}
            xml={model}
            layer={layer as Layer}
            onLayer={setLayer}
            selected={at || null}
            onSelect={(element) => {
              setAt(element?.id ?? null);
              if (element) setTab(null);
            }}
          />
        )}
      </Answer>
      <Tabs
        label={label}
        active={tab}
        onChange={setTab}
        aside={
          tab === 'instances' && (
            <Checkbox
              label={en.processes.allVersions}
              checked={all === 'yes'}
              onChange={(checked) => setAll(checked ? 'yes' : null)}
            />
          )
        }
        tabs={[
          {
            id: 'instances',
            label: en.processes.instances,
            content: () => (
              <InstanceTable
                scope={scope}
                fields={all ? anyInstanceFields.filter((field) => field.id !== 'definition') : instanceFields}
                definition={all ? null : definition}
                showVersion={all === 'yes'}
                at={atFilter}
              />
            ),
          },
          {
            id: 'incidents',
            label: en.processes.incidents,
            count: incidents.data ? formatNumber(incidents.data) : undefined,
            tone: 'bad',
            content: () => <IncidentTable filter={{ processDefinitionId: definition.id }} />,
          },
          {
            id: 'jobs',
            label: en.processes.jobs,
            content: () => <JobDefinitions definitionId={definition.id} />,
          },
          {
            id: 'model',
            label: en.processes.model,
            content: () => (
              <Answer of={xml}>{(model) => <Source label={en.processes.model}>{model}</Source>}</Answer>
            ),
          },
        ]}
      />
      {dialog === 'start' && <StartDialog definition={definition} onClose={() => setDialog(null)} />}
      {dialog === 'suspend' && <SuspendDialog definition={definition} onClose={() => setDialog(null)} />}
    </Page>
  );
}
