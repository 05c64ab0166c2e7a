using Webphone.Grains.Calls;
using Webphone.Grains.Messages;
using Webphone.Grains.Nodes;
using Webphone.Silo.SipEdge.Legs;
using Webphone.Silo.SipEdge.Messages;

namespace Webphone.Silo.SipEdge;

/// <summary>What this node's edge does for those of other nodes (<see cref="OtherEdges"/>).</summary>
internal sealed class EdgeForOthers(LegTable legs, PhoneMessages phones) : IPhoneEdge
{
    public Task<MessageOutcome> Pass(PhoneMessage message) => phones.Pass(message);

    public Task<Consultation?> FindDialog(string tenant, string extension, string replaces) =>
        Task.FromResult(legs.FindConsultation(new LegOwner(tenant, extension), replaces));

    public Task<ReplacedDialog> FindReplaced(string tenant, string extension, string replaces) =>
        Task.FromResult(Replacement.Find(legs, tenant, extension, replaces));
}
