import { oneOf, pattern, shape, text } from './rule.ts';
import { identifier, plainText } from './text-object.ts';

const safeAddress = pattern(/^https:\/\/.{1,2992}$/);

/** https://docs.slack.dev/reference/block-kit/blocks/video-block; wants the scope links.embed:write. */
export const video = shape({
  type: oneOf('video'),
  'block_id?': identifier,
  video_url: safeAddress,
  thumbnail_url: text(3000),
  alt_text: text(2000),
  title: plainText(199),
  'title_url?': safeAddress,
  'author_name?': text(49),
  'provider_name?': text(255),
  'provider_icon_url?': text(3000),
  'description?': plainText(3000),
});
