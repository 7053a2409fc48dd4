import { useMemo } from 'react';
import { activityStatistics, historicActivityStatistics } from '../../api/processes';
import { engine } from '../../api/http';
import type { ActivityStatistics, HistoricActivityInstance, ProcessDefinition } from '../../api/types';
import { BpmnDiagram, type Badge, type DiagramElement } from '../../diagram';
import { formatCompact, formatDuration, formatNumber } from '../../lib/format';
import { heatLevels, meanDurations } from '../../lib/heat';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Select } from '../../ui/controls';

export type Layer = 'tokens' | 'frequency' | 'duration';
const layers = (['tokens', 'frequency', 'duration'] as const).map((id) => ({
  id,
  label: en.processes.layer[id],
}));

/** Means come from a sample: no report of the API knows durations by activity. */
const sampleSize = 2000;

interface ProcessDiagramProps {
  definition: ProcessDefinition;
  xml: string;
  layer: Layer;
  onLayer: (layer: Layer) => void;
  selected: string | null;
  onSelect: (element: DiagramElement | null) => void;
}

export function ProcessDiagram({ definition, xml, layer, onLayer, selected, onSelect }: ProcessDiagramProps) {
  const tokens = useLive(
    ['definition', definition.id, 'activities'],
    (signal) => activityStatistics(definition.id, signal),
    { enabled: layer === 'tokens' },
  );
  const heat = useHeat(definition.id, layer);
  const badges = useMemo(
    () => (layer === 'tokens' ? tokenBadges(tokens.data ?? []) : heatBadges(layer, heat)),
    [layer, tokens.data, heat],
  );
  const marks = useMemo(() => {
    if (layer === 'tokens') return undefined;
    return new Map([...heatLevels(heat)].map(([id, level]) => [id, ['heat', `heat-${level}`]]));
  }, [layer, heat]);

  return (
    <div className="diagram-box">
      <BpmnDiagram
        xml={xml}
        label={definition.name ?? definition.key}
        badges={badges}
        marks={marks}
        selected={selected}
        onSelect={onSelect}
        overlay={
          <>
            <Select label={en.processes.layers} inline value={layer} options={layers} onChange={onLayer} />
            {layer !== 'tokens' && (
              <span
                className="heat-legend"
                aria-hidden="true"
                title={layer === 'duration' ? en.processes.heatSample(formatNumber(sampleSize)) : undefined}
              >
                {en.processes.heatLow} <span className="heat-scale" /> {en.processes.heatHigh}
              </span>
            )}
          </>
        }
      />
    </div>
  );
}

const empty = new Map<string, number>();

function useHeat(definitionId: string, layer: Layer): Map<string, number> {
  const frequency = useLive(
    ['definition', definitionId, 'frequency'],
    async (signal) => {
      const rows = await historicActivityStatistics(definitionId, { finished: true, canceled: true }, signal);
      return new Map(rows.map((row) => [row.id, row.instances + row.finished + row.canceled]));
    },
    { enabled: layer === 'frequency', slow: 15_000 },
  );
  const duration = useLive(
    ['definition', definitionId, 'durations'],
    async (signal) =>
      meanDurations(
        await engine.get<HistoricActivityInstance[]>(
          '/history/activity-instance',
          {
            processDefinitionId: definitionId,
            finished: true,
            sortBy: 'endTime',
            sortOrder: 'desc',
            maxResults: sampleSize,
          },
          signal,
        ),
      ),
    { enabled: layer === 'duration', slow: 60_000 },
  );
  return (layer === 'frequency' ? frequency.data : layer === 'duration' ? duration.data : undefined) ?? empty;
}

export function tokenBadges(statistics: ActivityStatistics[]): Badge[] {
  return statistics.flatMap(({ id, instances, incidents }) => {
    const failures = incidents.reduce((sum, incident) => sum + incident.incidentCount, 0);
    const badges: Badge[] = [];
    if (instances > 0) {
      badges.push({
        elementId: id,
        kind: 'token',
        text: formatCompact(instances),
        title: en.diagram.tokens(instances),
      });
    }
    if (failures > 0) {
      badges.push({
        elementId: id,
        kind: 'incident',
        text: formatCompact(failures),
        title: en.diagram.incidents(failures),
      });
    }
    return badges;
  });
}

function heatBadges(layer: Layer, values: Map<string, number>): Badge[] {
  return [...values].map(([elementId, value]) =>
    layer === 'duration'
      ? {
          elementId,
          kind: 'count',
          text: formatDuration(value),
          title: en.processes.heatDuration(formatDuration(value)),
        }
      : {
          elementId,
          kind: 'count',
          text: formatCompact(value),
          title: en.processes.heatFrequency(formatNumber(value)),
        },
  );
}
