import { en } from '../../text/en';
import { Checkbox } from '../../ui/controls';

/** What the engine leaves out while it moves or migrates tokens, in the words of the API. */
export interface Skips {
  skipCustomListeners: boolean;
  skipIoMappings: boolean;
}

export const skipNothing: Skips = { skipCustomListeners: false, skipIoMappings: false };

export const SkipOptions = ({ value, onChange }: { value: Skips; onChange: (value: Skips) => void }) => (
  <>
    <Checkbox
      label={en.instance.skipListeners}
      checked={value.skipCustomListeners}
      onChange={(skipCustomListeners) => onChange({ ...value, skipCustomListeners })}
    />
    <Checkbox
      label={en.instance.skipMappings}
      checked={value.skipIoMappings}
      onChange={(skipIoMappings) => onChange({ ...value, skipIoMappings })}
    />
  </>
);
