/** Results as documents. */
