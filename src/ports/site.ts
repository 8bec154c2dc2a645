/** What stands on pages of whoever runs the service. */
export interface Site {
  /** As people see it. */
  readonly name: string;
  /** Where residents and the family can call the community. */
  readonly phone?: string | undefined;
}
