/** Once what stands in the document now is on the screen: the next frame, and after it. */
export const afterPaint = (work: () => void): void => {
  requestAnimationFrame(() => setTimeout(work));
};
