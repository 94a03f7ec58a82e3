namespace Argosy.Files;

/// <summary>
/// Told around the one step that changes how much a home holds, so that a crash in between can be settled. A storage calls
/// <see cref="Begin"/> again where it tries the step another way, or where another one follows; when the step fails, nobody calls <see cref="Complete()"/>.
/// </summary>
public interface ITally : IDisposable
{
    /// <summary>The step comes next.</summary>
    /// <param name="change">What it adds to what the home holds in published and kept files; negative for what it frees.</param>
    /// <param name="mark">Lets <see cref="IHome.HappenedAsync"/> find out whether the step happened; at most 64 bytes.</param>
    void Begin(Usage change, ReadOnlySpan<byte> mark);

    /// <summary>
    /// A step comes next, or may, that changes where something is and not how much there is: who counts the home at this moment may see it twice
    /// or not at all.
    /// </summary>
    void Moved()
    {
    }

    /// <summary>The step happened.</summary>
    void Complete();

    /// <summary>Of a step of many parts, which began with what all of them may add at most, so much happened.</summary>
    /// <param name="change">What those parts changed that happened; at most what was begun.</param>
    void Complete(Usage change);
}
