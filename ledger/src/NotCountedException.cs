namespace Argosy.Ledger;

/// <summary>
/// A limit was to be checked against a counter that nobody has counted since the machine booted or since its ledger was
/// damaged: its zero means "unknown". Count, call <see cref="Counter.Reset"/>, then ask again.
/// </summary>
public sealed class NotCountedException(string key)
    : InvalidOperationException($"The usage of '{key}' is not known yet: count it and reset its counter, then try again.");
