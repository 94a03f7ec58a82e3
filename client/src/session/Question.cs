using Argosy.Wire;

namespace Argosy.Client;

/// <summary>A request without bodies.</summary>
/// <param name="describe">The request with the id that it is given.</param>
/// <param name="read">Takes the answer out of the reply.</param>
/// <param name="isLong">True for work that may keep a server busy: hashing, copying, removing trees.</param>
/// <param name="hasSteps">True for logins.</param>
internal sealed class Question<T>(Func<long, Request> describe, Func<Reply, T> read, bool isLong = false, bool hasSteps = false) : Exchange<T>
{
    private T? _answer;

    public override bool MayContinue => hasSteps;

    public override Request Describe(long id) => describe(id);

    public override TimeSpan Patience(TimeSpan silence) => isLong ? 20 * silence : silence;

    public override void Accept(Reply reply) => _answer = read(reply);

    public override void Finish(Trailer? trailer) => Succeed(_answer!);
}
