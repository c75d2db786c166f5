// What the window that plays a story and the one with its notes say to each other: same browser, same story.

const channelOf = (story) => new BroadcastChannel(`embedding-story-${story}`);

const KEYS_ON = ["ArrowRight", "ArrowDown", "PageDown", " "];
const KEYS_BACK = ["ArrowLeft", "ArrowUp", "PageUp"];

// 1 for a key that goes on, -1 for one that goes back, 0 for others
const wayOf = (key) => (KEYS_ON.includes(key) ? 1 : KEYS_BACK.includes(key) ? -1 : 0);

// whether keys are meant for something that is typed into, or for a button
function typing({ key }) {
  const at = document.activeElement;
  return Boolean(at?.closest("input:not([type=range]), textarea, select, [contenteditable=true]"))
    || ([" ", "Enter"].includes(key) && Boolean(at?.closest("button, a")));
}
