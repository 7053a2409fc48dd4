/** Findings about models: from the server's check, or from the refusal of a deployment. */
import { ApiError, type Problem } from '../api/http';
import type { CheckReport, Diagnostic } from '../api/tollgate';

export type Findings = Map<string, Diagnostic[]>;

// Camunda 7 spells the key with a Cyrillic letter; a server may send either.
const cyrillicKey = 'еlementIds';

export function elementIdsOf(problem: Problem): string[] {
  const listed =
    problem.elementIds ?? (problem as unknown as Record<string, string[] | undefined>)[cyrillicKey] ?? [];
  const main = problem.mainElementId ? [problem.mainElementId] : [];
  return [...new Set([...main, ...listed])];
}

export function fromCheck(report: CheckReport): Findings {
  return new Map(report.resources.map(({ name, diagnostics }) => [name, diagnostics]));
}

/** What the server said when it refused a deployment, by resource; `null` when it was about something else. */
export function fromRefusal(error: unknown): Findings | null {
  if (!(error instanceof ApiError) || !error.body.details) return null;
  return new Map(
    Object.entries(error.body.details).map(([name, { errors, warnings }]) => [
      name,
      [...errors.map(toDiagnostic('error')), ...warnings.map(toDiagnostic('warning'))],
    ]),
  );
}

/** The refusal, with the codes and the help the check gave for the same findings. */
export function withHelp(refusal: Findings, checked: Findings): Findings {
  const explained = (name: string, finding: Diagnostic) =>
    checked.get(name)?.find(({ message, line }) => message === finding.message && line === finding.line);
  return new Map(
    [...refusal].map(([name, list]) => [name, list.map((finding) => explained(name, finding) ?? finding)]),
  );
}

const toDiagnostic =
  (severity: Diagnostic['severity']) =>
  (problem: Problem): Diagnostic => ({
    severity,
    code: null,
    message: problem.message,
    help: null,
    line: problem.line ?? null,
    column: problem.column ?? null,
    elementIds: elementIdsOf(problem),
  });

export function worst(diagnostics: Diagnostic[]): Diagnostic['severity'] | null {
  for (const severity of ['error', 'warning', 'info'] as const)
    if (diagnostics.some((diagnostic) => diagnostic.severity === severity)) return severity;
  return null;
}
