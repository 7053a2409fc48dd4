import { useEffect, useState } from 'react';
import { Icon } from '../ui/icon';

/** Searches while typing, a moment after the last key. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = window.setTimeout(() => onChange(text), 300);
    return () => window.clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        data-shortcut="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}
