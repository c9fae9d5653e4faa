package dev.tallyman.core.ledger;

/** What a reading did to a stored bucket. */
public enum Change {
  /** The bucket already said so. */
  UNCHANGED,
  /** The bucket was empty or still open, and now says more. */
  CHANGED,
  /** The bucket was closed, or some counter fell: a revision keeps what it said before. */
  RESTATED,
  /** The reading was empty and the bucket is not: believed only when read empty twice. */
  EMPTY_ONCE,
  /** The bucket holds what was asked for later. */
  SUPERSEDED
}
