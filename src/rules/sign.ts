/**
 * How what happens shows in a measurement: nothing where something usually comes, more than usual, a value too high or too
 * low, a word of the device itself, a device that says nothing, or a change over days that no single hour shows.
 */
export type Sign = 'missing' | 'more' | 'high' | 'low' | 'told' | 'silence' | 'course';
