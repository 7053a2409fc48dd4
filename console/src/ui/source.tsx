/** Text of a machine: a model, a stack trace. Scrolls by itself, by keyboard too. */
export const Source = ({ label, children }: { label: string; children: string }) => (
  <pre className="source" tabIndex={0} aria-label={label}>
    {children}
  </pre>
);
