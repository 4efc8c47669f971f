package rehearsal.google;

/** What can go wrong at Google whatever is asked (facts: G10). */
public enum Fault {
    /** 403: the caller has not this permission. */
    DENIED,
    /** 403: the Compute Engine API was never switched on in this project. */
    API_OFF,
    /** 403: the region's quota is used up, of disks or of snapshot schedules. */
    QUOTA,
    /** The operation ends in an error: the zone has no such hardware left. */
    STOCK_OUT,
    /** The operation ends in an error: the region's quota is used up. */
    QUOTA_LATER,
    /** It is done, and answered two seconds later. */
    LATE,
    /** 503: an outage, which clients are to retry. */
    UNAVAILABLE,
    /** 404: what is asked for has gone a moment ago. */
    GONE
}
