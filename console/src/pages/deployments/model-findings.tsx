import { useEffect, useMemo, useState } from 'react';
import type { Diagnostic } from '../../api/tollgate';
import { BpmnDiagram, type Badge } from '../../diagram';
import { en } from '../../text/en';
import { Icon } from '../../ui/icon';

/** The findings about one file, and for a process where they are. */
export function ModelFindings({ file, diagnostics }: { file: File; diagnostics: Diagnostic[] }) {
  const [xml, setXml] = useState<string | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const isProcess = /\.bpmn$|\.bpmn20\.xml$/.test(file.name);
  const located = diagnostics.some((diagnostic) => diagnostic.elementIds.length > 0);

  useEffect(() => {
    if (isProcess) void file.text().then(setXml);
  }, [file, isProcess]);

  const badges = useMemo<Badge[]>(
    () =>
      diagnostics.flatMap((diagnostic, index) =>
        diagnostic.elementIds.slice(0, 1).map((elementId) => ({
          elementId,
          kind: 'problem',
          text: String(index + 1),
          title: diagnostic.message,
        })),
      ),
    [diagnostics],
  );
  const marks = useMemo(
    () =>
      new Map(
        diagnostics.flatMap(({ elementIds, severity }) =>
          elementIds.map((id) => [id, [`finding-${severity}`]]),
        ),
      ),
    [diagnostics],
  );

  return (
    <section className="findings" aria-label={en.deployments.findings(file.name)}>
      <ol>
        {diagnostics.map((diagnostic, index) => (
          <li key={index} className={`finding finding-${diagnostic.severity}`}>
            <button
              type="button"
              disabled={diagnostic.elementIds.length === 0}
              onClick={() => setSelected(diagnostic.elementIds[0] ?? null)}
            >
              <Icon name="warning" />
              <span>
                {diagnostic.code && <code>{diagnostic.code}</code>} {diagnostic.message}
                {diagnostic.help && <span className="finding-help">{diagnostic.help}</span>}
                <span className="muted finding-place">
                  {file.name}
                  {diagnostic.line !== null && `:${diagnostic.line}:${diagnostic.column ?? 1}`}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {xml && located && (
        <BpmnDiagram
          xml={xml}
          label={en.deployments.findings(file.name)}
          badges={badges}
          marks={marks}
          selected={selected}
          onSelect={(element) => setSelected(element?.id ?? null)}
        />
      )}
    </section>
  );
}
