export { type Captured, story } from './correlate.ts';
export { count, type Counted } from './count.ts';
export { BadFilter, compileFilter } from './filter.ts';
export { interpret } from './interpret.ts';
export { ladder } from './ladder.ts';
export { type Drawable, picture, pictureWords } from './picture/index.ts';
export { usersFilter, usersStory, type UsersStory } from './users.ts';
export { headersOnly } from './zero.ts';
export { hostSide } from './way.ts';
