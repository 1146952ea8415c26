// Heights in pixels, given before the data is there, so that nothing on the page jumps when it comes.
export const requestsPanelHeight = 280;
export const latencyPanelHeight = 260;
export const breakdownPanelHeight = 352;
