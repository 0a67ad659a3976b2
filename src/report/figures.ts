// Figures as tables and plots write them: three digits, and the unit that fits.

export function ms(value: number): string {
  if (value < 1000) return `${digits(value)} ms`;
  return seconds(value);
}

export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return value < 600 ? `${digits(value)} s` : `${digits(value / 60)} min`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${digits(value / 1000 ** unit)} ${units[unit]}`;
}

export function recall(value: number): string {
  return value === 1 ? "1" : value.toFixed(4);
}

export function rate(perSecond: number): string {
  return perSecond < 100 ? digits(perSecond) : Math.round(perSecond).toLocaleString("en-US");
}

export function ratio(value: number): string {
  return `${digits(value)}x`;
}

export function percent(share: number): string {
  return `${digits(share * 100)} %`;
}

/** Three of them, zeros at the end left out. */
export function digits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  return rounded >= 1000 ? rounded.toLocaleString("en-US") : String(rounded);
}
