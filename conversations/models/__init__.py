"""What the work is about: customers, conversations with them, and the messages in these."""

from conversations.models.conversation import Conversation, ConversationClosed
from conversations.models.conversation_queryset import ConversationQuerySet
from conversations.models.customer import Billed, Customer
from conversations.models.message import Message

__all__ = ["Billed", "Conversation", "ConversationClosed", "ConversationQuerySet", "Customer", "Message"]
