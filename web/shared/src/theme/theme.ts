import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Shades around Okabe-Ito blue (#0072B2), the product's one accent. */
const accent: MantineColorsTuple = [
  '#e8f4fb',
  '#cfe6f4',
  '#9fcbe8',
  '#6cb0dc',
  '#4399d1',
  '#1f86c4',
  '#0072b2',
  '#006199',
  '#005080',
  '#003f66',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  colors: { accent },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace",
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1rem' } } },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Mantine's dimmed greys are under 4.5:1 on white; these are above it on both backgrounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56606b',
    '--mantine-color-placeholder': '#6a7480',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#161b22',
    '--mantine-color-default-border': '#d9dee4',
    '--mantine-color-error': '#b42318',
  },
  dark: {
    '--mantine-color-dimmed': '#a3adb8',
    '--mantine-color-placeholder': '#8d97a3',
    '--mantine-color-body': '#1a1f25',
    '--mantine-color-text': '#e6eaef',
    '--mantine-color-default': '#222830',
    '--mantine-color-default-hover': '#2a313a',
    '--mantine-color-default-border': '#38414b',
    '--mantine-color-error': '#ff9c92',
  },
});
