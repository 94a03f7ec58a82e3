namespace Argosy.Sockets;

/// <summary>Something that a loop does at a moment. Only the loop's thread touches it.</summary>
internal abstract class LoopTimer
{
    /// <summary>When it is due: ticks as of <see cref="Deadline.Moment"/>.</summary>
    internal long Due { get; set; }

    /// <summary>Its place in the loop's heap, or -1.</summary>
    internal int Place { get; set; } = -1;

    internal bool IsScheduled => Place >= 0;

    /// <summary>Called once when due; it is no longer scheduled then.</summary>
    internal abstract void OnDue();
}
