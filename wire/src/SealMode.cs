namespace Argosy.Wire;

/// <summary>Whether frames carry seals (docs/protocol.md section 1.2). The first frame decides for the whole
/// connection.</summary>
public enum SealMode
{
    /// <summary>No frame has come yet: the first one decides. A server starts here.</summary>
    Undecided,

    /// <summary>Every frame carries a seal.</summary>
    Required,

    /// <summary>No frame carries one.</summary>
    Absent,
}
