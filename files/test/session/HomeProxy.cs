using System.Reflection;

namespace Argosy.Files.Tests;

/// <summary>A storage whose homes do as the real ones, but for counts, which the test has a hand in.</summary>
internal sealed class CountedStorage(IStorage inner, Func<string, IHome, Action<Usage>, Task> count) : IStorage, IDisposable
{
    public async ValueTask<IHome> OpenHomeAsync(string place, bool followLinks, IOffload offload)
    {
        var home = DispatchProxy.Create<IHome, HomeProxy>();
        var proxy = (HomeProxy)home;
        (proxy.Inner, proxy.Count) = (await inner.OpenHomeAsync(place, followLinks, offload), (real, counted) => new(count(place, real, counted)));
        return home;
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();
}

/// <summary>Hands on every call but that of <see cref="IHome.CountAsync"/>.</summary>
public class HomeProxy : DispatchProxy
{
    internal IHome Inner { get; set; } = null!;

    internal Func<IHome, Action<Usage>, ValueTask> Count { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        try
        {
            return targetMethod!.Name == nameof(IHome.CountAsync) ? Count(Inner, (Action<Usage>)args![0]!) : targetMethod.Invoke(Inner, args);
        }
        catch (TargetInvocationException thrown)
        {
            throw thrown.InnerException!;
        }
    }
}
